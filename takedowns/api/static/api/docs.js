// The address of the schema stands in the page, so that this file needs no inline script beside it.
const place = document.getElementById("api");

// How a call is made from a shell, Python and TypeScript, as the schema has it, above what it answers.
const samples = (system) => ({
  wrapComponents: {
    // There is one: the installation that serves this page. Its box has no name for who cannot see it.
    ServersContainer: () => () => null,
    responses: (Original) => (props) => {
      const element = system.React.createElement;
      const found = system.specSelectors.specJson().getIn(["paths", props.path, props.method, "x-codeSamples"]);
      return element(
        "div",
        null,
        found &&
          element(
            "div",
            { className: "samples" },
            element("h4", null, "The call in a program"),
            found.toJS().map((one) =>
              element(
                "details",
                { key: one.label },
                element("summary", null, one.label),
                element("pre", { tabIndex: 0, "aria-label": `The call in ${one.label}` }, element("code", null, one.source)),
              ),
            ),
          ),
        element(Original, props),
      );
    },
  },
});

SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  persistAuthorization: false,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [samples],
});
