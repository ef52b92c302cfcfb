"""Views translate between the browser and the actions; they decide nothing."""
