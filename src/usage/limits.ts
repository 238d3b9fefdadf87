/** Days in one answer: a leap year. */
export const MOST_DAYS = 366;
/** Days that are shown where no range is asked for. */
export const USUAL_DAYS = 30;
/** Months that are shown where none are asked for, this one included. */
export const USUAL_MONTHS = 12;
/** Rows of one export: a file of some twenty megabytes, which a spreadsheet still opens. */
export const MOST_EXPORTED = 100_000;
/** What is unusual is shown, and kept, for so many days. */
export const UNUSUAL_DAYS = 90;
/** Findings in one answer. */
export const MOST_SHOWN = 100;
