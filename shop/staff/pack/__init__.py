"""The pack station: keyboard and scanner alone, every scan a row."""
