// Stands in for core-js: the browsers of today need none of it.
export {};
