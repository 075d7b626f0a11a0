"""Health, what is configured, settings of the installation."""
