// JupyterLab has no setting for the width of its side bar, only this way to bring a style along:
// an object with the two functions of a module of webpack, as its own extensions are built.
(window._JUPYTERLAB ??= {}).stlearn = {
  init() {},
  async get() {
    return () => {
      const style = document.createElement("style");
      style.textContent = "body { --jp-sidebar-min-width: 290px; }"; // in place of 250px
      document.head.append(style);
      return {};
    };
  },
};
