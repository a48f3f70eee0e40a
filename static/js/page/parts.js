/**
 * The parts of a page that come when they are needed.  Where they are, the server says: as `data-…` of the page's module
 * (`base.html`), so that nothing here knows whether these are bundles or plain sources.
 *
 * A browser drops what it is loading when the machine's networks change: what did not come is asked for again.
 */

const WAITS_MS = [100, 200, 400, 800, 1600];

/** @param {string} name @returns {string} */
export const addressOf = (name) => {
  const script = /** @type {HTMLScriptElement} */ (document.querySelector('script[type="module"]'));
  const address = script.dataset[name];
  if (!address) throw new Error(`this page has no part named ${name}`);
  return address;
};

/**
 * @template T
 * @param {(tries: number) => Promise<T>} ask - `tries`: how often before, in vain
 * @returns {Promise<T>} rejects as the last of them did
 */
const again = async (ask) => {
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask(tries);
    } catch (error) {
      if (tries >= WAITS_MS.length) throw error;
      await new Promise((waited) => setTimeout(waited, WAITS_MS[tries]));
    }
  }
};

/** A module.  A browser remembers under its address that one did not come. @param {string} name @returns {Promise<any>} */
export const loadModule = (name) => again((tries) => import(addressOf(name) + (tries ? `?again=${tries}` : "")));

/** @param {() => HTMLLinkElement|HTMLScriptElement} make @returns {Promise<void>} */
const arrives = (make) =>
  again(
    () =>
      new Promise((came, failed) => {
        const element = make();
        element.dataset.part = "";
        element.onload = () => came();
        element.onerror = () => {
          element.remove();
          failed(new Error(`${element.getAttribute("href") ?? element.getAttribute("src")} did not come`));
        };
        document.head.append(element);
      }),
  );

/** A style sheet. @param {string} name */
export const loadSheet = (name) =>
  arrives(() => Object.assign(document.createElement("link"), { rel: "stylesheet", href: addressOf(name) }));

/** A classic script that the page names already and that did not come. @param {HTMLScriptElement} missing */
export const loadScript = (missing) =>
  arrives(() => {
    const script = Object.assign(document.createElement("script"), { src: missing.src });
    Object.assign(script.dataset, missing.dataset);
    return script;
  });
