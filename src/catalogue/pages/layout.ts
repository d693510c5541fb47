import { createHash } from 'node:crypto';
import type { CatalogueDescription } from '../dataset/catalogue-description.ts';
import { languageFor, textIn } from '../dataset/localized-text.ts';
import type { Links } from '../links.ts';
import { type Content, html, Markup } from './html.ts';
import { styles } from './styles.ts';
import { spoken, type Words } from './words.ts';

/** Where and for whom a page is shown. */
export interface PageContext {
  readonly links: Links;
  readonly words: Words;
  /** The first that a text has is shown. */
  readonly languages: readonly string[];
  readonly catalogue: CatalogueDescription;
  /** Path and parameters of this page without its language, for the links to the others. */
  readonly here: { readonly path: string; readonly parameters: URLSearchParams };
}

/** What a browser may do with a page: show it, fetch nothing, run nothing. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(styles).digest('base64')}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'self'`;

/** A whole page. `head` is put behind its title. */
export function layout(context: PageContext, title: string, content: Content, head: Content = undefined): string {
  const { links, words, languages, catalogue } = context;
  const name = textIn(catalogue.title, languages);
  const page = html`<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === name ? name : `${title} · ${name}`}</title>
<link rel="icon" href="data:,">
${head}
<style>${new Markup(styles)}</style>
</head>
<body>
<a class="skip" href="#content">${words.skip}</a>
<header>
<a class="name" href="${path(links.catalogue(), words)}"${langOf(catalogue.title, context)}>${name}</a>
<nav aria-label="${words.languages}"><ul>${spoken.map((other) => html`<li>${languageLink(context, other)}</li>`)}</ul></nav>
</header>
<main id="content">
${content}
</main>
<footer>
<p class="soft"${langOf(catalogue.publisher.name, context)}>${textIn(catalogue.publisher.name, languages)}</p>
<ul class="plain"><li><a href="${links.catalogue('ttl')}">DCAT-AP</a></li><li><a href="${links.action}/package_search">CKAN</a></li><li><a href="${links.features}">OGC API – Features</a></li><li><a href="${links.apiPage}">API</a></li></ul>
</footer>
</body>
</html>
`;
  return page.text;
}

/** The same place in another language. */
function languageLink({ here, words }: PageContext, other: Words): Markup {
  const parameters = new URLSearchParams(here.parameters);
  parameters.set('lang', other.language);
  const isThis = other.language === words.language;
  return html`<a href="${here.path}?${parameters.toString()}" hreflang="${other.language}" lang="${other.language}"${isThis ? new Markup(' aria-current="true"') : undefined}>${other.itself}</a>`;
}

/** A link within the pages, in the language of this one. */
export function path(url: string, { language }: Words, parameters: Readonly<Record<string, string>> = {}): string {
  return `${url}?${new URLSearchParams({ ...parameters, lang: language })}`;
}

/** Says which language a text is in, where it is not that of the page. */
export function langOf(text: Readonly<Record<string, string>>, { words, languages }: PageContext): Markup | undefined {
  const language = languageFor(text, languages);
  return language === words.language || language === '' ? undefined : html` lang="${language}"`;
}
