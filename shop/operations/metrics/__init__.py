"""What Prometheus is told: computed from rows at each scrape, so it is the same in every web process."""
