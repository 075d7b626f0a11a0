"""Where bars are kept."""
