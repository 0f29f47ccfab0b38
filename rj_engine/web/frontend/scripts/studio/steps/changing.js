// Changes a drawing step by step, as drawing it would: one change is one thing to undo.
import { selfAndAllChildren } from "diagram-js/lib/util/Elements";
import { isStep, ways } from "./reading.js";

const ROOM = 170;
const BEYOND = 50;
const middle = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 });

// Carries out several commands as one.
class Together {
  preExecute({ work }) {
    work();
  }
}

export class Changes {
  constructor(modeler) {
    this.modeler = modeler;
    this.modeling = modeler.get("modeling");
    modeler.get("commandStack").registerHandler("rj.together", Together);
  }

  together(work) {
    this.modeler.get("commandStack").execute("rj.together", { work });
  }

  rename(element, name) {
    this.modeling.updateLabel(element, name.trim());
  }

  addAfter(step, way, name) {
    let added;
    this.together(() => {
      const { x, y } = middle(step);
      const edge = step.x + step.width;
      this.makeRoom(edge + 10);
      const parent = (step.host ?? step).parent;
      const at = { x: edge + BEYOND + 50, y: step.host ? y + 100 : y };
      added = this.modeling.createShape({ type: "bpmn:UserTask" }, at, parent);
      if (name) {
        this.rename(added, name);
      }
      if (way) {
        const { target } = way;
        this.modeling.reconnectEnd(way, added, middle(added));
        this.modeling.connect(added, target);
      } else {
        this.modeling.connect(step, added);
      }
    });
    return added;
  }

  // Everything to the right moves on, and what surrounds it grows.
  makeRoom(from) {
    const tool = this.modeler.get("spaceTool");
    const root = this.modeler.get("canvas").getRootElement();
    const all = selfAndAllChildren(root, true).filter((each) => each !== root);
    const { movingShapes, resizingShapes } = tool.calculateAdjustments(all, "x", ROOM, from);
    tool.makeSpace(movingShapes, resizingShapes, { x: ROOM, y: 0 }, "e", from);
  }

  remove(element) {
    this.modeling.removeElements([element]);
  }

  lead(way, target) {
    this.modeling.reconnectEnd(way, target, middle(target));
  }

  connect(step, target) {
    return this.modeling.connect(step, target);
  }

  decide(way, text) {
    const factory = this.modeler.get("bpmnFactory");
    const body = text.trim();
    this.modeling.updateProperties(way, { conditionExpression: body ? factory.create("bpmn:FormalExpression", { body }) : undefined });
  }

  otherwise(way, on) {
    this.together(() => {
      this.modeling.updateProperties(way.source, { default: on ? way.businessObject : undefined });
      if (on) {
        this.modeling.updateProperties(way, { conditionExpression: undefined });
      }
    });
  }

  // To the middle of another lane, with what hangs on it.
  give(step, lane) {
    this.modeling.moveElements([step], { x: 0, y: middle(lane).y - middle(step).y }, step.parent);
  }

  time(step, event, clock) {
    this.modeling.updateModdleProperties(step, event.timeDuration, { body: clock || undefined });
  }

  // Where a way from this step may lead, by the rules of the drawing.
  reachable(step, steps, way) {
    const rules = this.modeler.get("rules");
    return steps.filter((target) => target.parent === (step.host ?? step).parent && target !== step && isStep(target)
      && (way ? target === way.target || rules.allowed("connection.reconnect", { connection: way, source: step, target }) : rules.allowed("connection.create", { source: step, target })?.type === "bpmn:SequenceFlow"));
  }

  canGoOn(step) {
    return step.type !== "bpmn:EndEvent" && (ways(step).length === 0 || /Gateway$/.test(step.type));
  }
}
