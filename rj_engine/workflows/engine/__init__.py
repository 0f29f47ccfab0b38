"""The engine: reads diagrams and moves tokens through them; knows no case, no database and no clock."""
