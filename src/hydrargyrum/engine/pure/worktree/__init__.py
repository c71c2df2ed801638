"""The working copy: dirstate, walk and status. Showing what was found belongs to `report`."""
