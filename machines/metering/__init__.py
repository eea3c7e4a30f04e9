"""What meters, plugs and printers tell, and what follows from it. Pure: no database, no clock."""
