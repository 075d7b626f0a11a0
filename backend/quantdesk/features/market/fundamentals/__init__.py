"""What a company reports, pays and is worth: fetched on demand, shown as it was known on any day."""
