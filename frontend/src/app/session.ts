import { redirect, type LoaderFunctionArgs } from "react-router";

import { resumeSession, useSession } from "@/api/session";

/** Let only a signed-in reader pass; others go to the sign-in page and come back after it. */
export async function requireSession({ request }: LoaderFunctionArgs): Promise<Response | null> {
  await resumeSession();
  if (useSession.getState().status === "signed-in") return null;
  const { pathname, search } = new URL(request.url);
  return redirect(pathname === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(pathname + search)}`);
}
