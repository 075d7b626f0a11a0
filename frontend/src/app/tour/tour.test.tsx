import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { createMemoryRouter, Link, Outlet, RouterProvider } from "react-router";
import { beforeEach, expect, test, vi } from "vitest";

import { usePrefs } from "@/app/prefs";
import { useSession, type User } from "@/api/session";

import "./TourGuide";
import { isAt, pathOf, STEPS, strategyAt } from "./steps";
import { useTour } from "./store";
import { TourHost, TourOffer } from "./TourHost";

// Cards with their place are slow to draw without a browser.
vi.setConfig({ testTimeout: 30_000 });

const ANNA = { id: "anna", username: "anna", role: "trader" } as User;

beforeEach(() => {
  usePrefs.getState().set({ language: "zh" });
  useTour.setState({ users: {} });
  useSession.setState({ status: "signed-in", user: ANNA });
});

function Shell() {
  return (
    <>
      <nav className="rail">
        <Link to="/strategies">策略</Link>
        <Link to="/market">行情</Link>
      </nav>
      <TourOffer />
      <Outlet />
      <TourHost />
    </>
  );
}
function Strategies() {
  const [dialog, setDialog] = useState(false);
  return (
    <>
      <button type="button" data-tour="new-strategy" onClick={() => setDialog(true)}>
        新建策略
      </button>
      {dialog && (
        <div className="ant-modal-wrap">
          <Link to="/strategies/s1">创建</Link>
        </div>
      )}
    </>
  );
}
const editor = (
  <button type="button" data-tour="side-help">
    帮助
  </button>
);

function open(at: string) {
  const router = createMemoryRouter(
    [
      {
        Component: Shell,
        children: [
          { path: "/", element: <p>概览</p> },
          { path: "/market", element: <p>行情页</p> },
          { path: "/strategies", Component: Strategies },
          { path: "/strategies/:id", element: editor },
        ],
      },
    ],
    { initialEntries: [at] },
  );
  render(<RouterProvider router={router} />);
  return router;
}
const SLOW = { timeout: 10_000 };
/** antd puts a space between two characters, but not in the product's theme. */
const click = async (name: string) => fireEvent.click(await screen.findByRole("button", { name: new RegExp(`^${name.replace(/(.)(?=.)/g, "$1 ?")}$`) }, SLOW));
const at = (step: number) => screen.findByText(`第 ${step} 步，共 9 步`, {}, SLOW);

test("a new user is offered the tour once, and may put it off", async () => {
  open("/");
  await click("以后再说");
  expect(screen.queryByRole("button", { name: "开始导览" })).toBeNull();
  expect(useTour.getState().users.anna?.state).toBe("later");
});

test("another user of the same browser is offered it, too", () => {
  useTour.getState().set("bob", { state: "done" });
  open("/");
  expect(screen.getByRole("button", { name: "开始导览" })).toBeTruthy();
});

test("it goes across pages: the next step waits for a strategy to be made, and goes on in its editor", async () => {
  const router = open("/");
  await click("开始导览");
  await at(1);
  await click("下一步");
  await waitFor(() => expect(router.state.location.pathname).toBe("/strategies"));
  await at(2);
  // Without a strategy the next step makes one: the dialog opens and the card gives way to it.
  await click("下一步");
  const create = await screen.findByRole("link", { name: "创建" });
  await waitFor(() => expect(screen.queryByText("第 2 步，共 9 步")).toBeNull());
  fireEvent.click(create);
  await at(3);
  expect(screen.getByText("边写边补全")).toBeTruthy();
});

test("after a reload it goes on where it was, also when that is another page", async () => {
  useTour.getState().set("anna", { state: "running", step: 2, strategy: "s1" });
  const router = open("/market");
  expect(await screen.findByText("导览停在第 3 步，共 9 步", {}, SLOW)).toBeTruthy();
  await click("继续");
  await waitFor(() => expect(router.state.location.pathname).toBe("/strategies/s1"));
  await at(3);
});

test("it can be skipped, and ends with the last step", async () => {
  useTour.getState().set("anna", { state: "running", step: 8 });
  open("/market");
  await at(9);
  await click("完成");
  expect(useTour.getState().users.anna?.state).toBe("done");
  act(() => useTour.getState().set("anna", { state: "running", step: 0 }));
  await click("跳过导览");
  expect(useTour.getState().users.anna?.state).toBe("later");
});

test("a step knows its page", () => {
  expect(strategyAt("/strategies/templates")).toBeNull();
  expect(STEPS.filter((step) => isAt(step, "/strategies/s1")).map(({ key }) => key)).toEqual(["complete", "debug", "quick", "run", "versions", "market"]);
  expect(STEPS.map((step) => pathOf(step, null))).toEqual(["/", ...Array<string>(7).fill("/strategies"), "/"]);
});
