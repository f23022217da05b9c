"""Stand-ins (替班): who does the duties of somebody who is away, from day to day."""
