"""Sign-in, sessions, API keys, users, audit."""
