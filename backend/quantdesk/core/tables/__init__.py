"""Tables besides bars: what a row of each is known by, and how its versions in time are kept."""
