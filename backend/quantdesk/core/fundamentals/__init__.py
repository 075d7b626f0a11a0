"""A company's figures as they were known on a day: reports, what its share was worth, what it paid."""
