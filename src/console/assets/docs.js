// Starts the API reference. Everything it loads comes from this host; the page's security policy allows no other.
const place = document.getElementById('reference');
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
follow();
dark.addEventListener('change', follow);

SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: true,
  displayOperationId: true,
  displayRequestDuration: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  persistAuthorization: false, // a typed key lives in this page's memory and nowhere else
  requestSnippetsEnabled: true,
  showExtensions: false,
  validatorUrl: null, // the default would send the document to a validator on the internet
  queryConfigEnabled: false, // no address can point the viewer at another document
});
