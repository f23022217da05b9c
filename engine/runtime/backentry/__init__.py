"""Back-entry (补录): what was done on paper and is entered later, by two people, with both instants kept."""
