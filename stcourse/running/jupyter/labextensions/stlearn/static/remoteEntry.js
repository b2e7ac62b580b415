// JupyterLab has no setting for the width of its side bar, nor for what it says when a kernel ends,
// only this way to bring both along: an object with the two functions of a module of webpack, as its
// own extensions are built.
(window._JUPYTERLAB ??= {}).stlearn = {
  init() {},
  async get() {
    return () => {
      const style = document.createElement("style");
      style.textContent = "body { --jp-sidebar-min-width: 290px; }"; // in place of 250px
      document.head.append(style);
      const whatToDo =
        " What was saved is kept, what the kernel knew is not: run the cells again from the top." +
        " If it ends at the same cell again, that cell wants more memory than there is.";
      new MutationObserver(() => {
        for (const text of document.querySelectorAll(".jp-Dialog-body")) {
          const said = text.textContent;
          if (said.includes("appears to have died") && !said.endsWith(whatToDo)) {
            text.append(whatToDo);
          }
        }
      }).observe(document.body, { childList: true });
      return {};
    };
  },
};
