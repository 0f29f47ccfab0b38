// Runs before the page is drawn, so that what scripts will open or close never flashes.
document.documentElement.classList.add("js-enabled", "govuk-frontend-supported");
