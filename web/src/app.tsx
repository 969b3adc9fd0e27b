import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError, setLoggedOut } from "@/api/client";
import { loginMethodsQuery } from "@/api/queries";
import { fetchPage, makeRouter } from "@/routes/router";
import { theme, variables } from "@/ui/theme";

const PERMANENT = new Set([400, 401, 403, 404, 422]);
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && PERMANENT.has(error.status)),
    },
  },
});
const router = makeRouter(queries);
fetchPage(router);

setLoggedOut(() => {
  if (router.state.location.pathname === "/login") return;
  const next = router.state.location.href;
  void router.navigate({ to: "/login", search: next === "/" ? {} : { next } }).then(() => {
    // What was read in somebody's name goes; what the login page is just asking stays.
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== loginMethodsQuery.queryKey[0] });
  });
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
