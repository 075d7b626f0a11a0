"""Child processes that run a user's code: launched, limited, isolated, listened to."""
