"""What a refresh of the stored data has to fetch, and when one is due."""
