#include <algorithm>
#include <functional>
#include <string_view>

#include "config/commands/outline.hpp"

namespace tocsin::config {

namespace {

/// In single quotes, as both shells read it.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const auto c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

using visitor = std::function<void(const std::string& path, const command_outline& command)>;

/// Each command with the words that lead to it, ` alerts query`; the program first, with none.
void visit(const command_outline& command, const std::string& path, const visitor& seen) {
  seen(path, command);
  for (const auto& below : command.commands) visit(below, path + " " + below.name, seen);
}

/// A `case` that follows the words of the line down to the command that they name.
std::string steps(const command_outline& program) {
  std::string out;
  visit(program, "", [&out](const std::string& path, const command_outline&) {
    if (!path.empty()) out += "      " + quoted(path) + ") command=" + quoted(path) + " ;;\n";
  });
  return out;
}

/// A `case` on command and flag that sets `values` where the values are known.
std::string values(const command_outline& program, const std::string& form) {
  std::string out;
  visit(program, "", [&](const std::string& path, const command_outline& command) {
    for (const auto& option : command.options) {
      if (option.positional || option.choices.empty()) continue;
      std::string list;
      for (const auto& choice : option.choices) list.append(list.empty() ? "" : " ").append(choice);
      for (const auto& name : option.names) {
        out += "    " + quoted(path + " " + name) + ") values=";
        out += form == "array" ? "(" + list + ")" : quoted(list);
        out += " ;;\n";
      }
    }
  });
  return out;
}

/// The flags that want a value, which is then completed as a file.
std::string with_value(const command_outline& program) {
  std::string out;
  visit(program, "", [&out](const std::string& path, const command_outline& command) {
    for (const auto& option : command.options) {
      if (option.positional || option.value.empty()) continue;
      for (const auto& name : option.names) out.append(out.empty() ? "" : "|").append(quoted(path + " " + name));
    }
  });
  return out;
}

/// What may come next: commands, flags, and what an argument may be.
std::vector<std::pair<std::string, std::string>> next_words(const command_outline& command) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& below : command.commands) all.emplace_back(below.name, below.description);
  for (const auto& option : command.options) {
    const auto& words = option.positional ? option.choices : option.names;
    for (const auto& word : words) all.emplace_back(word, option.description);
  }
  return all;
}

} // namespace

std::string bash_completion(const command_outline& program) {
  std::string words;
  visit(program, "", [&words](const std::string& path, const command_outline& command) {
    std::string list;
    for (const auto& [word, ignored] : next_words(command)) list.append(list.empty() ? "" : " ").append(word);
    words += "    " + quoted(path) + ") words=" + quoted(list) + " ;;\n";
  });
  // Bash takes `--flag=value` apart at the `=`, which is a word of its own then.
  return "# bash completion for tocsin: source <(tocsin completion bash)\n"
         "_tocsin() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command='' words='' values='' i\n"
         "  COMPREPLY=()\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    case \"$command ${COMP_WORDS[i]}\" in\n"
         + steps(program)
         + "    esac\n"
           "  done\n"
           "  if [[ $current == '=' ]]; then current=''; elif [[ $before == '=' ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
           "  case \"$command $before\" in\n"
         + values(program, "words")
         + "  esac\n"
           "  if [[ -n $values ]]; then COMPREPLY=($(compgen -W \"$values\" -- \"$current\")); return; fi\n"
           "  case \"$command $before\" in\n    "
         + with_value(program)
         + ") return ;;\n  esac\n"
           "  case \"$command\" in\n"
         + words
         + "  esac\n"
           "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
           "}\n"
           "complete -o bashdefault -o default -F _tocsin tocsin\n";
}

std::string zsh_completion(const command_outline& program) {
  std::string words;
  visit(program, "", [&words](const std::string& path, const command_outline& command) {
    words += "    " + quoted(path) + ") next=(\n";
    for (auto [word, description] : next_words(command)) {
      // A colon ends the word and begins what is said of it.
      std::string safe;
      for (const auto c : word) safe.append(c == ':' ? "\\:" : std::string(1, c));
      words += "      " + quoted(safe + ":" + description) + "\n";
    }
    words += "    ) ;;\n";
  });
  return "#compdef tocsin\n"
         "# zsh completion for tocsin: tocsin completion zsh > \"${fpath[1]}/_tocsin\"\n"
         "_tocsin() {\n"
         "  local command='' word before=${words[CURRENT-1]}\n"
         "  local -a next values\n"
         "  for word in \"${words[@]:1:$((CURRENT - 2))}\"; do\n"
         "    case \"$command $word\" in\n"
         + steps(program)
         + "    esac\n"
           "  done\n"
           "  if [[ ${words[CURRENT]} == --*=* ]]; then before=${words[CURRENT]%%=*}; compset -P '*='; fi\n"
           "  case \"$command $before\" in\n"
         + values(program, "array")
         + "  esac\n"
           "  if (( $#values )); then compadd -a values; return; fi\n"
           "  case \"$command $before\" in\n    "
         + with_value(program)
         + ") _files; return ;;\n  esac\n"
           "  case \"$command\" in\n"
         + words
         + "  esac\n"
           "  _describe -o 'tocsin' next || _files\n"
           "}\n"
           "if [[ $funcstack[1] == _tocsin ]]; then _tocsin \"$@\"; else compdef _tocsin tocsin; fi\n";
}

} // namespace tocsin::config
