import type { QueryClient } from "@tanstack/react-query";
import {
  type AnyRoute,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { setCsrf } from "@/api/client";
import { meQuery } from "@/api/queries";
import { Loading } from "@/ui/Loading";
import { ForAdmins } from "./ForAdmins";
import { Frame } from "./Frame";
import { NotFound } from "./NotFound";
import { RouteFailure } from "./RouteFailure";
import * as search from "./search";

interface Context {
  queries: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFound });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: search.login,
  component: lazyRouteComponent(() => import("@/features/access/LoginPage"), "LoginPage"),
});

/** Everything that needs a login: who is asking is known before a page is drawn. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  beforeLoad: async ({ context, location }) => {
    const me = await context.queries.ensureQueryData(meQuery);
    if (me) return setCsrf(me.csrf);
    context.queries.removeQueries(meQuery);
    throw redirect({ to: "/login", search: location.href === "/" ? {} : { next: location.href } });
  },
});

const framed = createRoute({ getParentRoute: () => inside, id: "framed", component: Frame });

const admins = createRoute({ getParentRoute: () => framed, id: "admins", component: ForAdmins });

const home = createRoute({
  getParentRoute: () => framed,
  path: "/",
  component: lazyRouteComponent(() => import("@/features/home/HomePage"), "HomePage"),
});

const searching = createRoute({
  getParentRoute: () => framed,
  path: "/search",
  validateSearch: search.search,
  component: lazyRouteComponent(() => import("@/features/search/SearchPage"), "SearchPage"),
});

const projects = createRoute({
  getParentRoute: () => framed,
  path: "/projects",
  validateSearch: search.projects,
  component: lazyRouteComponent(() => import("@/features/catalog/ProjectsPage"), "ProjectsPage"),
});

const project = createRoute({
  getParentRoute: () => framed,
  path: "/projects/$p",
  component: lazyRouteComponent(() => import("@/features/catalog/ProjectFrame"), "ProjectFrame"),
});

const projectIndex = createRoute({
  getParentRoute: () => project,
  path: "/",
  validateSearch: search.rows,
  component: lazyRouteComponent(() => import("@/features/catalog/ProjectSessions"), "ProjectSessions"),
});

const projectSessions = createRoute({
  getParentRoute: () => project,
  path: "/sessions",
  validateSearch: search.rows,
  component: lazyRouteComponent(() => import("@/features/catalog/ProjectSessions"), "ProjectSessions"),
});

const projectSubjects = createRoute({
  getParentRoute: () => project,
  path: "/subjects",
  validateSearch: search.rows,
  component: lazyRouteComponent(() => import("@/features/catalog/ProjectSubjects"), "ProjectSubjects"),
});

const projectOverview = createRoute({
  getParentRoute: () => project,
  path: "/overview",
  component: lazyRouteComponent(() => import("@/features/catalog/ProjectOverview"), "ProjectOverview"),
});

const projectAnalyses = createRoute({
  getParentRoute: () => project,
  path: "/analyses",
  validateSearch: search.rows,
  component: lazyRouteComponent(() => import("@/features/catalog/analyses/AnalysesTabs"), "ProjectAnalyses"),
});

const projectJobs = createRoute({
  getParentRoute: () => project,
  path: "/jobs",
  validateSearch: search.jobs,
  component: lazyRouteComponent(() => import("@/features/jobs/JobsPage"), "ProjectJobs"),
});

const projectPermissions = createRoute({
  getParentRoute: () => project,
  path: "/permissions",
  component: lazyRouteComponent(() => import("@/features/rights/ProjectPermissions"), "ProjectPermissions"),
});

const projectViews = createRoute({
  getParentRoute: () => project,
  path: "/views",
  component: lazyRouteComponent(() => import("@/features/views/ViewsPage"), "ViewsPage"),
});

const projectView = createRoute({
  getParentRoute: () => project,
  path: "/views/$v",
  validateSearch: search.view,
  component: lazyRouteComponent(() => import("@/features/views/ViewPage"), "ViewPage"),
});

const projectSettings = createRoute({
  getParentRoute: () => project,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/features/catalog/ProjectSettings"), "ProjectSettings"),
});

const projectDeid = createRoute({
  getParentRoute: () => project,
  path: "/deid",
  component: lazyRouteComponent(() => import("@/features/deid/pages"), "ProjectDeid"),
});

const groupDeid = createRoute({
  getParentRoute: () => framed,
  path: "/groups/$g/deid",
  component: lazyRouteComponent(() => import("@/features/deid/pages"), "GroupDeid"),
});

const siteDeid = createRoute({
  getParentRoute: () => admins,
  path: "/admin/deid",
  component: lazyRouteComponent(() => import("@/features/deid/pages"), "SiteDeid"),
});

const projectTemplates = createRoute({
  getParentRoute: () => project,
  path: "/templates",
  component: lazyRouteComponent(() => import("@/features/templates/TemplatesPage"), "TemplatesPage"),
});

const projectRules = createRoute({
  getParentRoute: () => project,
  path: "/rules",
  component: lazyRouteComponent(() => import("@/features/rules/RulesPage"), "RulesPage"),
});

const modalities = createRoute({
  getParentRoute: () => framed,
  path: "/admin/modalities",
  component: lazyRouteComponent(() => import("@/features/admin/modalities/ModalitiesPage"), "ModalitiesPage"),
});

const modality = createRoute({
  getParentRoute: () => framed,
  path: "/admin/modalities/$m",
  component: lazyRouteComponent(() => import("@/features/admin/modalities/ModalityPage"), "ModalityPage"),
});

const site = createRoute({
  getParentRoute: () => admins,
  path: "/admin/site",
  component: lazyRouteComponent(() => import("@/features/admin/site/SitePage"), "SitePage"),
});

const usage = createRoute({
  getParentRoute: () => admins,
  path: "/admin/usage",
  validateSearch: search.usage,
  component: lazyRouteComponent(() => import("@/features/admin/usage/UsagePage"), "UsagePage"),
});

const projectTrash = createRoute({
  getParentRoute: () => project,
  path: "/trash",
  component: lazyRouteComponent(() => import("@/features/catalog/trash/TrashPages"), "ProjectTrash"),
});

const trash = createRoute({
  getParentRoute: () => framed,
  path: "/admin/trash",
  component: lazyRouteComponent(() => import("@/features/catalog/trash/TrashPages"), "TrashPage"),
});

const collections = createRoute({
  getParentRoute: () => framed,
  path: "/collections",
  validateSearch: search.rows,
  component: lazyRouteComponent(
    () => import("@/features/catalog/collections/CollectionsPage"),
    "CollectionsPage",
  ),
});

const collection = createRoute({
  getParentRoute: () => framed,
  path: "/collections/$c",
  component: lazyRouteComponent(
    () => import("@/features/catalog/collections/CollectionFrame"),
    "CollectionFrame",
  ),
});

const collectionSessions = createRoute({
  getParentRoute: () => collection,
  path: "/",
  validateSearch: search.rows,
  component: lazyRouteComponent(
    () => import("@/features/catalog/collections/CollectionSessions"),
    "CollectionSessions",
  ),
});

const collectionAnalyses = createRoute({
  getParentRoute: () => collection,
  path: "/analyses",
  validateSearch: search.rows,
  component: lazyRouteComponent(
    () => import("@/features/catalog/analyses/AnalysesTabs"),
    "CollectionAnalyses",
  ),
});

const collectionAbout = createRoute({
  getParentRoute: () => collection,
  path: "/about",
  component: lazyRouteComponent(
    () => import("@/features/catalog/collections/CollectionAbout"),
    "CollectionAbout",
  ),
});

const user = createRoute({
  getParentRoute: () => framed,
  path: "/admin/users/$u",
  component: lazyRouteComponent(() => import("@/features/admin/UserPage"), "UserPage"),
});

const devices = createRoute({
  getParentRoute: () => admins,
  path: "/admin/devices",
  component: lazyRouteComponent(() => import("@/features/admin/DevicesPage"), "DevicesPage"),
});

const device = createRoute({
  getParentRoute: () => admins,
  path: "/admin/devices/$d",
  component: lazyRouteComponent(() => import("@/features/admin/DevicePage"), "DevicePage"),
});

const log = createRoute({
  getParentRoute: () => admins,
  path: "/admin/log",
  validateSearch: search.log,
  component: lazyRouteComponent(() => import("@/features/admin/AccessLogPage"), "AccessLogPage"),
});

const who = createRoute({
  getParentRoute: () => framed,
  path: "/who/$c",
  validateSearch: search.why,
  component: lazyRouteComponent(() => import("@/features/rights/WhoPage"), "WhoPage"),
});

const about = createRoute({
  getParentRoute: () => framed,
  path: "/about",
  component: lazyRouteComponent(() => import("@/features/about/AboutPage"), "AboutPage"),
});

const groups = createRoute({
  getParentRoute: () => framed,
  path: "/groups",
  validateSearch: search.filtered,
  component: lazyRouteComponent(() => import("@/features/rights/GroupsPage"), "GroupsPage"),
});

const group = createRoute({
  getParentRoute: () => framed,
  path: "/groups/$g",
  component: lazyRouteComponent(() => import("@/features/rights/GroupPage"), "GroupPage"),
});

const roles = createRoute({
  getParentRoute: () => framed,
  path: "/admin/roles",
  validateSearch: search.filtered,
  component: lazyRouteComponent(() => import("@/features/rights/RolesPage"), "RolesPage"),
});

const role = createRoute({
  getParentRoute: () => framed,
  path: "/admin/roles/$r",
  validateSearch: search.copy,
  component: lazyRouteComponent(() => import("@/features/rights/RolePage"), "RolePage"),
});

const subject = createRoute({
  getParentRoute: () => framed,
  path: "/projects/$p/subjects/$s",
  component: lazyRouteComponent(() => import("@/features/catalog/SubjectPage"), "SubjectPage"),
});

const session = createRoute({
  getParentRoute: () => framed,
  path: "/sessions/$s",
  component: lazyRouteComponent(() => import("@/features/catalog/SessionPage"), "SessionPage"),
});

const acquisition = createRoute({
  getParentRoute: () => framed,
  path: "/acquisitions/$a",
  validateSearch: search.file,
  component: lazyRouteComponent(() => import("@/features/catalog/AcquisitionPage"), "AcquisitionPage"),
});

const file = createRoute({
  getParentRoute: () => framed,
  path: "/files/$f",
  validateSearch: search.version,
  component: lazyRouteComponent(() => import("@/features/catalog/FilePage"), "FilePage"),
});

const lineage = createRoute({
  getParentRoute: () => framed,
  path: "/provenance/$kind/$id",
  validateSearch: search.lineage,
  component: lazyRouteComponent(() => import("@/features/lineage/LineagePage"), "LineagePage"),
});

const analysis = createRoute({
  getParentRoute: () => framed,
  path: "/analyses/$a",
  component: lazyRouteComponent(() => import("@/features/catalog/analyses/AnalysisPage"), "AnalysisPage"),
});

const misrouted = createRoute({
  getParentRoute: () => framed,
  path: "/misrouted",
  validateSearch: search.misrouted,
  component: lazyRouteComponent(() => import("@/features/ingest/MisroutedPage"), "MisroutedPage"),
});

const routing = createRoute({
  getParentRoute: () => framed,
  path: "/routing",
  validateSearch: search.routing,
  component: lazyRouteComponent(() => import("@/features/ingest/RoutingPage"), "RoutingPage"),
});

/** One printed page: without the frame. */
const projectCard = createRoute({
  getParentRoute: () => inside,
  path: "/projects/$p/card",
  component: lazyRouteComponent(() => import("@/features/ingest/card/CardPage"), "CardPage"),
});

const jobs = createRoute({
  getParentRoute: () => framed,
  path: "/jobs",
  validateSearch: search.jobs,
  component: lazyRouteComponent(() => import("@/features/jobs/JobsPage"), "JobsPage"),
});

const job = createRoute({
  getParentRoute: () => framed,
  path: "/jobs/$j",
  component: lazyRouteComponent(() => import("@/features/jobs/JobPage"), "JobPage"),
});

const compareJobs = createRoute({
  getParentRoute: () => framed,
  path: "/jobs/compare",
  validateSearch: search.compareJobs,
  component: lazyRouteComponent(() => import("@/features/jobs/ComparePage"), "ComparePage"),
});

const gears = createRoute({
  getParentRoute: () => framed,
  path: "/gears",
  validateSearch: search.gears,
  component: lazyRouteComponent(() => import("@/features/gears/GearsPage"), "GearsPage"),
});

const gear = createRoute({
  getParentRoute: () => framed,
  path: "/gears/$name/$version",
  component: lazyRouteComponent(() => import("@/features/gears/GearPage"), "GearPage"),
});

const run = createRoute({
  getParentRoute: () => framed,
  path: "/run",
  validateSearch: search.run,
  component: lazyRouteComponent(() => import("@/features/run/RunPage"), "RunPage"),
});

const batches = createRoute({
  getParentRoute: () => framed,
  path: "/batch",
  component: lazyRouteComponent(() => import("@/features/run/batch/BatchesPage"), "BatchesPage"),
});

const newBatch = createRoute({
  getParentRoute: () => framed,
  path: "/batch/new",
  validateSearch: search.batch,
  component: lazyRouteComponent(() => import("@/features/run/batch/NewBatchPage"), "NewBatchPage"),
});

const batch = createRoute({
  getParentRoute: () => framed,
  path: "/batch/$b",
  component: lazyRouteComponent(() => import("@/features/run/batch/BatchPage"), "BatchPage"),
});

const me = createRoute({
  getParentRoute: () => framed,
  path: "/me",
  component: lazyRouteComponent(() => import("@/features/access/MePage"), "MePage"),
});

const users = createRoute({
  getParentRoute: () => framed,
  path: "/admin/users",
  validateSearch: search.filtered,
  component: lazyRouteComponent(() => import("@/features/admin/UsersPage"), "UsersPage"),
});

const viewer = createRoute({
  getParentRoute: () => inside,
  path: "/viewer",
  validateSearch: search.viewer,
  beforeLoad: ({ context, search: viewed, cause }) => {
    // Not when a link is merely pointed at: who looks at what is recorded.
    if (cause !== "enter") return;
    void import("@/features/viewer/early")
      .then(({ startViewing }) => startViewing(context.queries, viewed))
      .catch(() => undefined);
  },
  component: lazyRouteComponent(() => import("@/features/viewer/ViewerPage"), "ViewerPage"),
});

const tree = root.addChildren([
  login,
  inside.addChildren([
    viewer,
    projectCard,
    framed.addChildren([
      home,
      searching,
      projects,
      project.addChildren([
        projectIndex,
        projectSessions,
        projectSubjects,
        projectOverview,
        projectAnalyses,
        projectJobs,
        projectViews,
        projectView,
        projectPermissions,
        projectTemplates,
        projectRules,
        projectDeid,
        projectSettings,
        projectTrash,
      ]),
      groups,
      group,
      groupDeid,
      subject,
      session,
      acquisition,
      file,
      analysis,
      lineage,
      misrouted,
      routing,
      jobs,
      job,
      compareJobs,
      gears,
      gear,
      run,
      batches,
      newBatch,
      batch,
      me,
      users,
      who,
      about,
      collections,
      collection.addChildren([collectionSessions, collectionAnalyses, collectionAbout]),
      trash,
      user,
      admins.addChildren([devices, device, log, site, siteDeid, usage]),
      modalities,
      modality,
      roles,
      role,
    ]),
  ]),
]);

/** The app's addresses. */
export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: "intent",
    defaultPendingComponent: Loading,
    defaultPendingMs: 150,
    defaultPendingMinMs: 0,
    defaultErrorComponent: RouteFailure,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });
}

/** Fetch the page's code while the server is asked who is there. */
export function fetchPage(router: ReturnType<typeof makeRouter>): void {
  for (const { routeId } of router.matchRoutes(router.latestLocation)) {
    const routes: Record<string, AnyRoute> = router.routesById;
    void routes[routeId]?.options.component?.preload?.();
  }
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
