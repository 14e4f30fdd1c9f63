import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { Problem } from "../api/problem";
import { notifyError } from "../ui/notify";

declare module "@tanstack/react-query" {
  interface Register {
    mutationMeta: { /** The form shows the error itself. */ quiet?: boolean };
  }
}

/** A refusal stays one when asked again; only the network and the server's own troubles are worth another try. */
const worthRetrying = (error: unknown) =>
  !(error instanceof Problem) || error.status === 0 || error.status >= 500;

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      // A page that has nothing to show says so in its place; old data on screen needs a word.
      if (query.state.data !== undefined) notifyError(error);
    },
  }),
  mutationCache: new MutationCache({
    onError: (error, _variables, _result, mutation) => {
      if (!mutation.meta?.quiet) notifyError(error);
    },
  }),
  defaultOptions: {
    queries: { staleTime: 15_000, retry: (count, error) => count < 2 && worthRetrying(error) },
  },
});
