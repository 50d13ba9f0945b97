// YAML read into a small tree, from yaml-cpp's events: its own node graph drops duplicate keys,
// expands aliases without a bound and forgets most positions.
#include "platform/text/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "core/check.h"

namespace delta::text {
namespace {

Position position_of(const YAML::Mark& mark) {
  return {std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1};
}

/// Ends the reading; caught in parse_yaml().
struct Refused {
  Position at;
  std::string message;
};

struct SecondDocument {
  Position at;
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(Problems& problems) : problems_(problems) {}

  Node take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (started_) throw SecondDocument{position_of(mark)};
    started_ = true;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(mark, "", anchor, Node::Kind::kNull);
    close();
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refused{position_of(mark), "aliases (*name) are not allowed: write the value out"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (expects_key()) {
      refuse_decorations(mark, tag, anchor);
      begin_member(position_of(mark), value);
      return;
    }
    Node& node = add(mark, tag, anchor, Node::Kind::kScalar);
    node.text = value;
    node.quoted = tag == "!";
    close();
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    add(mark, tag, anchor, Node::Kind::kList);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    add(mark, tag, anchor, Node::Kind::kMap);
  }
  void OnMapEnd() override { close(); }

 private:
  /// A list or map that is being read.
  struct Open {
    Node node;
    std::map<std::string, Position> keys;  // seen so far, in a map
    bool key_read = false;                 // the next event is its value
    bool repeated = false;                 // that key was there before: drop the value
    std::string key;
    Position key_at;
  };

  bool expects_key() const {
    return !open_.empty() && open_.back().node.kind == Node::Kind::kMap && !open_.back().key_read;
  }

  static void refuse_decorations(const YAML::Mark& mark, const std::string& tag,
                                 YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      throw Refused{position_of(mark), "anchors (&name) are not allowed: write the value out"};
    }
    // yaml-cpp's "?" is a plain value and "!" a quoted one.
    if (!tag.empty() && tag != "?" && tag != "!") {
      throw Refused{position_of(mark), "tags (!type) are not allowed"};
    }
  }

  void begin_member(Position at, const std::string& key) {
    Open& map = open_.back();
    map.key = key;
    map.key_at = at;
    map.key_read = true;
    const auto [first, fresh] = map.keys.emplace(key, at);
    map.repeated = !fresh;
    if (fresh) return;
    problems_.add(at, "duplicate key " + quote(key) + ", first given at line " +
                          std::to_string(first->second.line) + ", column " +
                          std::to_string(first->second.column));
  }

  Node& add(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            Node::Kind kind) {
    refuse_decorations(mark, tag, anchor);
    const Position at = position_of(mark);
    if (expects_key()) throw Refused{at, "a key must be a plain word"};
    if (open_.size() >= kDeepestNesting) {
      throw Refused{at, "nested deeper than " + std::to_string(kDeepestNesting) + " levels"};
    }
    Open fresh;
    fresh.node.kind = kind;
    fresh.node.at = fresh.node.named_at = fresh.node.last = at;
    if (!open_.empty() && open_.back().key_read) {
      fresh.node.key = open_.back().key;
      fresh.node.named_at = open_.back().key_at;
      // An absent value has the place of whatever follows it, perhaps lines below.
      if (kind == Node::Kind::kNull) fresh.node.at = fresh.node.last = open_.back().key_at;
    }
    open_.push_back(std::move(fresh));
    return open_.back().node;
  }

  void close() {
    CHECK(!open_.empty());
    Node done = std::move(open_.back().node);
    open_.pop_back();
    if (open_.empty()) {
      root_ = std::move(done);
      return;
    }
    Open& parent = open_.back();
    parent.node.last = std::max(parent.node.last, done.last);
    parent.key_read = false;
    if (!parent.repeated) parent.node.children.push_back(std::move(done));
    parent.repeated = false;
  }

  Problems& problems_;
  std::vector<Open> open_;
  Node root_;
  bool started_ = false;
};

/// What most often is behind a message of yaml-cpp.
std::optional<std::string> hint_for(const std::string& message) {
  const auto says = [&message](const char* words) {
    return message.find(words) != std::string::npos;
  };
  if (says("map flow not found") || says("sequence flow not found") || says("illegal flow end")) {
    return "a { or [ above is not closed, or closed by the other bracket";
  }
  if (says("end of sequence not found") || says("end of map not found")) {
    return "check the indentation of this line and of the lines above: blanks, no tabs";
  }
  if (says("illegal map value")) {
    return "put text that holds ': ' in quotes; a line above may lack the blank after its colon";
  }
  if (says("unknown token")) return "put text that begins with this character in quotes";
  return std::nullopt;
}

/// What is wrong with text behind the first document.
std::string trailing_message(const std::string& text, Position at) {
  std::size_t offset = 0;
  for (int line = 1; line < at.line; ++line) offset = text.find('\n', offset) + 1;
  offset += static_cast<std::size_t>(at.column) - 1;
  return offset < text.size() && text.compare(offset, 3, "---") == 0
             ? "a second document: the file is one document"
             : "text behind the end of the document";
}

}  // namespace

const Node* Node::find(std::string_view wanted) const {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const Node& child) { return child.key == wanted; });
  return found == children.end() ? nullptr : &*found;
}

std::optional<Node> parse_yaml(const std::string& text, Problems& problems) {
  std::istringstream stream(text);
  TreeBuilder builder(problems);
  try {
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) {
      problems.add({}, "the file is empty");
      return std::nullopt;
    }
    Node root = builder.take_root();
    parser.HandleNextDocument(builder);
    return root;
  } catch (const SecondDocument& second) {
    problems.add(second.at, trailing_message(text, second.at));
  } catch (const Refused& refused) {
    problems.add(refused.at, refused.message);
  } catch (const YAML::Exception& error) {
    std::string message = "not valid YAML: " + error.msg;
    std::replace_if(message.begin(), message.end(), is_control, ' ');
    problems.add(position_of(error.mark), std::move(message), hint_for(error.msg));
  }
  return std::nullopt;
}

}  // namespace delta::text
