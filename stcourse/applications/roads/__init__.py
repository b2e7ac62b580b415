"""Traffic, road-condition monitoring and buses (chapter 06a)."""
