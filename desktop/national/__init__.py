"""录入助手: the small window beside the browser of the national system."""
