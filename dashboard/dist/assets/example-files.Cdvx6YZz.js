var e={currency:`<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width" />
  <title>Prices in the visitor's currency</title>

  <h1>Plans</h1>
  <p>
    <label
      >Currency
      <select id="currency"></select
    ></label>
  </p>
  <ul>
    <li>Small: <output data-plan="small"></output></li>
    <li>Large: <output data-plan="large"></output></li>
  </ul>

  <script type="module">
    const SERVER = 'https://api.example.com';
    const PROJECT = 'YOUR_PROJECT_ID';

    // Your own prices, not converted ones: a rate of today is no price.
    const PRICES = {
      USD: { small: 9, large: 29 },
      EUR: { small: 9, large: 27 },
      GBP: { small: 8, large: 24 },
      JPY: { small: 1400, large: 4400 },
    };
    const chooser = document.querySelector('#currency');
    chooser.append(...Object.keys(PRICES).map((code) => new Option(code)));

    const show = (currency) => {
      const money = new Intl.NumberFormat('en', { style: 'currency', currency, minimumFractionDigits: 0 });
      for (const output of document.querySelectorAll('[data-plan]'))
        output.textContent = money.format(PRICES[currency][output.dataset.plan]);
    };

    // The page is whole before anybody is asked, and stays so where no answer comes.
    let hasChosen = false;
    chooser.addEventListener('change', () => {
      hasChosen = true;
      show(chooser.value);
    });
    show(chooser.value);

    const { data } = await fetch(\`\${SERVER}/api/?pid=\${PROJECT}\`)
      .then((reply) => reply.json())
      .catch(() => ({}));
    const currency = data?.currencies.find((code) => code in PRICES);
    // A guess never overrules a person.
    if (currency !== undefined && !hasChosen) {
      chooser.value = currency;
      show(currency);
    }
    document.body.dataset.asked = 'true';
  <\/script>
</html>
`,language:`<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width" />
  <title>Choose your language</title>

  <!-- Stands at / alone; the languages have pages of their own, so that no redirect can go round in a circle. -->
  <h1>Choose your language</h1>
  <ul>
    <li><a href="/en/" lang="en">English</a></li>
    <li><a href="/de/" lang="de">Deutsch</a></li>
    <li><a href="/fr/" lang="fr">Français</a></li>
  </ul>

  <script type="module">
    const SERVER = 'https://api.example.com';
    const PROJECT = 'YOUR_PROJECT_ID';
    const KEPT_AS = 'language';

    const links = new Map([...document.querySelectorAll('a[lang]')].map((link) => [link.lang, link.href]));
    for (const [language, link] of links)
      document
        .querySelector(\`a[href="\${new URL(link).pathname}"]\`)
        .addEventListener('click', () => localStorage.setItem(KEPT_AS, language));

    /** What people there speak; nothing where no answer comes in time: then the links above stay. */
    const spokenThere = () =>
      fetch(\`\${SERVER}/api/?pid=\${PROJECT}\`, { signal: AbortSignal.timeout(2000) })
        .then((reply) => reply.json())
        .then(({ data }) => data?.languages ?? [])
        .catch(() => []);

    // What somebody chose counts first, then what the browser says that they read, then where they are.
    const has = (language) => links.has(language);
    const language =
      [localStorage.getItem(KEPT_AS)].find(has) ??
      navigator.languages.map((tag) => tag.split('-')[0]).find(has) ??
      (await spokenThere()).find(has);
    if (language === undefined) document.body.dataset.asked = 'true';
    else location.replace(links.get(language));
  <\/script>
</html>
`,address:`<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width" />
  <title>Country and state, filled in</title>

  <form>
    <p>
      <label
        >Country
        <select name="country" autocomplete="country"></select
      ></label>
    </p>
    <p id="of-state" hidden>
      <label
        >State
        <select name="state" autocomplete="address-level1"></select
      ></label>
    </p>
  </form>

  <script type="module">
    const SERVER = 'https://api.example.com';
    const PROJECT = 'YOUR_PROJECT_ID';

    // Where you deliver to, and the states (ISO 3166-2) of the countries whose addresses have one.
    const COUNTRIES = ['AU', 'CA', 'DE', 'FR', 'GB', 'IE', 'JP', 'NZ', 'US'];
    const STATES = {
      AU: 'ACT NSW NT QLD SA TAS VIC WA',
      CA: 'AB BC MB NB NL NS NT NU ON PE QC SK YT',
      US:
        'AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND ' +
        'OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY',
    };

    const { country, state } = document.forms[0].elements;
    const names = new Intl.DisplayNames('en', { type: 'region' });
    country.append(new Option('Choose…', ''), ...COUNTRIES.map((code) => new Option(names.of(code), code)));

    const offerStates = (chosen = '') => {
      const codes = STATES[country.value]?.split(' ') ?? [];
      state.replaceChildren(new Option('Choose…', ''), ...codes.map((code) => new Option(code)));
      state.value = codes.includes(chosen) ? chosen : '';
      document.querySelector('#of-state').hidden = codes.length === 0;
    };
    let hasChosen = false;
    country.addEventListener('change', () => {
      hasChosen = true;
      offerStates();
    });

    const { data } = await fetch(\`\${SERVER}/api/?pid=\${PROJECT}\`)
      .then((reply) => reply.json())
      .catch(() => ({}));
    // What is not known is an empty text, and stays for the person to choose.
    if (data && !hasChosen && COUNTRIES.includes(data.countryCode)) {
      country.value = data.countryCode;
      offerStates(data.region.toUpperCase());
    }
    document.body.dataset.asked = 'true';
  <\/script>
</html>
`};export{e as EXAMPLE_FILES};