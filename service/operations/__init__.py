"""What whoever runs the service needs: logs, metrics, readiness, a check of the settings."""
