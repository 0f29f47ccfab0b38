// What every page does when scripts may run; every page works without.
import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";
import { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs";
import { Checkboxes } from "govuk-frontend/dist/govuk/components/checkboxes/checkboxes.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { NotificationBanner } from "govuk-frontend/dist/govuk/components/notification-banner/notification-banner.mjs";
import { PasswordInput } from "govuk-frontend/dist/govuk/components/password-input/password-input.mjs";
import { Radios } from "govuk-frontend/dist/govuk/components/radios/radios.mjs";
import { ServiceNavigation } from "govuk-frontend/dist/govuk/components/service-navigation/service-navigation.mjs";
import { SkipLink } from "govuk-frontend/dist/govuk/components/skip-link/skip-link.mjs";
import { createAll } from "govuk-frontend/dist/govuk/init.mjs";
import { keepDrafts } from "./draft.js";
import { QuickExit } from "./exit.js";
import { openQuestions } from "./questions.js";
import { offerShortcuts } from "./shortcuts.js";
import { offerToStay } from "./stay.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
const parts = [
  Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, QuickExit, Radios,
  ServiceNavigation, SkipLink,
];
for (const part of parts) {
  createAll(part);
}
openQuestions(document);
keepDrafts(document);
offerToStay(document);
offerShortcuts(document);
