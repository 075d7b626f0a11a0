"""What a refresh of the stored bars has to fetch, and when one is due."""
