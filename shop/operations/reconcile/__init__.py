"""What SAP has and the desk does not, and the other way round: after a restore. See docs/backup.md."""
