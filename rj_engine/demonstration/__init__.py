"""The demonstration: two invented services, their people, and cases made by playing journeys with a moving clock."""
