using Fail2Ban.Reference;

// The root of the repository is the only argument.
foreach ((string path, string text) in ReferenceFiles.All())
{
    string file = Path.Combine(args[0], path);
    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    File.WriteAllText(file, text);
}
