"""The market as a whole on a day: breadth, limits, streaks, industries. Arrays in, figures out."""
