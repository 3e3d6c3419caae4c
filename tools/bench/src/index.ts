// Rooms open here as they are built.
