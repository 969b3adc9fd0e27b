/** Import directions: routes -> features -> parts, viewers -> ui, api -> i18n; a feature never imports a feature. */
const never = (name, from, to) => ({ name, severity: "error", from: { path: from }, to: { path: to } });

module.exports = {
  forbidden: [
    never("words-stand-alone", "^src/i18n/", "^src/(api|ui|parts|viewers|features|routes)/"),
    never("api-stands-alone", "^src/api/", "^src/(ui|parts|viewers|features|routes)/"),
    never("ui-fetches-nothing", "^src/ui/", "^src/(api/(client|queries|live)|parts|viewers|features|routes)"),
    never("parts-below-features", "^src/parts/", "^src/(viewers|features|routes)/"),
    never("viewers-below-features", "^src/viewers/", "^src/(features|routes)/"),
    never("features-below-routes", "^src/features/", "^src/routes/"),
    {
      name: "features-do-not-mix",
      severity: "error",
      from: { path: "^src/features/([^/]+)/" },
      to: { path: "^src/features/", pathNot: "^src/features/$1/" },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
  },
};
