"""A user's strategies: code, versions, parameters, templates."""
