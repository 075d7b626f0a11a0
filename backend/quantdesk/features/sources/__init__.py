"""The online sources as one: which is asked for what, and what happens when one fails."""
