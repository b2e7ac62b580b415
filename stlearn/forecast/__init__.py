"""The main job, `stlearn forecast`: its report, its tables, and the command line."""
