// Stands in for @mui/material, which `react-country-state-fields` draws its fields with: the same three names as plain HTML.
// The real one would cost 50 MB of installation, and has no part in what the server is asked or answers.
import { createElement } from 'react';

export const Box = ({ children }) => createElement('span', null, children);

export const TextField = ({ label, inputProps, value, onChange }) =>
  createElement(
    'label',
    null,
    label,
    createElement('input', { ...inputProps, value: value ?? '', onChange }),
  );

export const Autocomplete = ({ value, options, getOptionLabel, renderInput, onChange }) => {
  const { label, inputProps } = renderInput({ inputProps: {} }).props;
  const choose = (event) => onChange(event, options.find(({ code }) => code === event.target.value) ?? null);
  const choices = options.map((option) =>
    createElement('option', { key: option.code, value: option.code }, getOptionLabel(option)),
  );
  return createElement(
    'label',
    null,
    label,
    createElement(
      'select',
      { ...inputProps, value: value?.code ?? '', onChange: choose },
      createElement('option', { value: '' }),
      ...choices,
    ),
  );
};
