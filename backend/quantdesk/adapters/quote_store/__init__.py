"""Where live quotes are kept."""
