"""What other offices say of people: died, in prison, moved away."""
