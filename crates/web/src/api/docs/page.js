// Light or dark by the reader's own setting, and a layout that fits a small screen.
'use strict';
(() => {
  const page = document.querySelector('rapi-doc');
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const narrow = matchMedia('(max-width: 767px)');
  const colors = {
    light: { bg: '#ffffff', text: '#15181e', nav: '#f5f6f8', navText: '#3c4555', primary: '#1f56c5' },
    dark: { bg: '#181c23', text: '#e9ecf1', nav: '#0f1217', navText: '#b6c0d0', primary: '#7aa7ff' },
  };
  const dress = () => {
    const theme = dark.matches ? 'dark' : 'light';
    const { bg, text, nav, navText, primary } = colors[theme];
    page.setAttribute('theme', theme);
    page.setAttribute('bg-color', bg);
    page.setAttribute('text-color', text);
    page.setAttribute('nav-bg-color', nav);
    page.setAttribute('nav-text-color', navText);
    page.setAttribute('primary-color', primary);
  };
  const fit = () => page.setAttribute('render-style', narrow.matches ? 'view' : 'focused');
  // The licence stays in the document; RapiDoc clips its line on narrow screens.
  page.addEventListener('before-render', ({ detail }) => delete detail.spec?.info?.license);
  dress();
  fit();
  dark.addEventListener('change', dress);
  narrow.addEventListener('change', fit);

  // A problem's `type` leads to its explanation, which is part of the overview.
  const wanted = location.hash.match(/^#(problem-[a-z0-9_]+)$/);
  if (wanted) {
    history.replaceState(null, '', location.pathname);
    page.addEventListener('spec-loaded', () => {
      page.querySelector('details').open = true;
      requestAnimationFrame(() => document.getElementById(wanted[1])?.scrollIntoView());
    });
  }
})();
