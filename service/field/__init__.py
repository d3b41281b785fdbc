"""What technicians see of their work, and what they tell of it."""
