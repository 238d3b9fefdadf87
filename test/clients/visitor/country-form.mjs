// A form as the README of `react-country-state-fields` has it; `showForm` puts it into the page.
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { CountryField, StateField, VisitorAPIComponents } from 'react-country-state-fields';

globalThis.chosen = {};
// Stable functions: the component calls them anew whenever they change.
const onCountry = (country) => (globalThis.chosen.country = country?.code);
const onState = (state) => (globalThis.chosen.state = state?.code);

globalThis.showForm = (projectId) =>
  createRoot(document.querySelector('#form')).render(
    createElement(
      VisitorAPIComponents,
      { projectId, handleCountryChange: onCountry, handleStateChange: onState },
      createElement(CountryField, { label: 'Country' }),
      createElement(StateField, { label: 'State' }),
    ),
  );
