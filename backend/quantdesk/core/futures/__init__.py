"""What only futures have: night sessions, contracts that expire, and the series that are made of them."""
